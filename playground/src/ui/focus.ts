/** As a `ref`: takes the focus when it comes on the page, for what a person has just asked for. */
export const focusOn = (element: HTMLElement | null): void => element?.focus();
