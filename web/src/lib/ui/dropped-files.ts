const EXTENSIONS = ['mp3', 'flac', 'ogg', 'oga', 'opus', 'm4a', 'mp4', 'aac', 'wav', 'aif', 'aiff'];

/** What a file chooser offers. */
export const AUDIO_ACCEPT = ['audio/*', ...EXTENSIONS.map((extension) => `.${extension}`)].join(',');

/** Files dropped at once, folders opened, are at most this many. */
const FILES_MAX = 2000;

/** Whether a file of a dropped folder looks like music; folders hold covers and lists too. */
export function looksLikeMusic(name: string): boolean {
  return EXTENSIONS.includes(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) && !name.startsWith('.');
}

/** Whether a drag carries files, not text or a link. */
export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') ?? false;
}

/** All files of a drop: those dropped by themselves as they are, those in folders if they look like music. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items]
    .map((item) => item.webkitGetAsEntry())
    .filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const files: File[] = [];
  for (const entry of entries) await collect(entry, files, false);
  return files;
}

async function collect(entry: FileSystemEntry, files: File[], nested: boolean): Promise<void> {
  if (files.length >= FILES_MAX) return;
  if (entry.isFile) {
    if (nested && !looksLikeMusic(entry.name)) return;
    files.push(
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    );
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) return;
    for (const child of some) await collect(child, files, true);
  }
}
