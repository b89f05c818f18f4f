/** Control characters of documents, models and plugins must not drive the terminal. Tabs and line ends stay. */
export const printable = (text: string): string => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
