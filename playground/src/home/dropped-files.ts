export interface Dropped {
  /** Relative to what was dropped, with forward slashes. */
  path: string;
  file: File;
}

export const pickedFiles = (list: FileList | null): Dropped[] => [...(list ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** Files of a drop, those in folders included. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped[]> {
  // The items are gone after the first await: take their entries at once.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return pickedFiles(transfer.files);
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<Dropped[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ""), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives at most a hundred at a time, and none at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) break;
    children.push(...batch);
  }
  return (await Promise.all(children.map(filesOf))).flat();
}
