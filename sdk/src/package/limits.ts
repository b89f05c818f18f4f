const mebi = 1024 * 1024;

/** How large a package may be: bytes as it comes, bytes unpacked, files in it, bytes and levels of its manifest. */
export const packageLimits = { packedBytes: 5 * mebi, unpackedBytes: 20 * mebi, entries: 500, manifestBytes: 256 * 1024, depth: 32 } as const;
