import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

// Beside the folder, so on the same disk: `dist.new/PID` is what a process makes, `dist.new/PID.old` what it is about to take away.
const roomOf = (folder) => `${folder}.new`;
const left = /^(\d+)(\.old)?$/;

/**
 * Has `make(fresh)` fill a new folder, and puts it in the place of the one before, which is whole and served until then. A process that is killed, in
 * `make` or later, leaves the old one or the new; what it left besides is swept away by whoever makes this folder next.
 */
export async function makeWhole(folder, make) {
  sweep(folder);
  const room = roomOf(folder);
  const [fresh, old] = [join(room, `${process.pid}`), join(room, `${process.pid}.old`)];
  try {
    mkdirSync(fresh, { recursive: true });
    await make(fresh);
    if (existsSync(folder)) renameSync(folder, old);
    else mkdirSync(dirname(folder), { recursive: true });
    // Killed between these two, the old one is put back by `sweep`.
    renameSync(fresh, folder);
  } finally {
    remove(room, fresh, old);
  }
}

/** Puts back what a process that is gone had taken from its place and not replaced, and takes away what it left. */
export function sweep(folder) {
  const room = roomOf(folder);
  if (!existsSync(room)) return;
  for (const name of readdirSync(room)) {
    const [, pid, old] = left.exec(name) ?? [];
    if (pid === undefined || (Number(pid) !== process.pid && lives(Number(pid)))) continue;
    if (old && !existsSync(folder)) renameSync(join(room, name), folder);
    else rmSync(join(room, name), { recursive: true, force: true });
  }
  remove(room);
}

function remove(room, ...folders) {
  for (const each of folders) rmSync(each, { recursive: true, force: true });
  try {
    rmdirSync(room);
  } catch {
    // Another process makes the same folder now.
  }
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
