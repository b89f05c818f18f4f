/** What one sandboxed plugin may take. */
export interface SandboxLimits {
  /** Bytes its virtual machine may allocate. */
  readonly memoryBytes: number;
  /** ms for its module and its `setup`. */
  readonly activateMs: number;
  /** ms one synchronous stretch of its code may run before it is interrupted. */
  readonly sliceMs: number;
  /** ms its worker may be silent beyond `sliceMs` when asked for a sign of life; then it is terminated. */
  readonly graceMs: number;
  /** Characters of one message, either way. */
  readonly messageChars: number;
  /** Messages it may send a second, and at once after a rest; one above 1,024 characters counts for as many as it has of them. */
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
  /** Calls of its own that may be unanswered at once. */
  readonly pendingCalls: number;
  /** Characters of JSON it may keep in storage. */
  readonly storageChars: number;
  /** ms before its worker is started again after it was terminated, doubled each time; quarantined after `crashes`. */
  readonly restartMs: number;
  readonly crashes: number;
}

const mebi = 1024 * 1024;

export const sandboxLimits: SandboxLimits = {
  memoryBytes: 32 * mebi,
  // On a machine that does much else a sound plugin takes seconds: these are for those that never come to an end.
  activateMs: 9_000,
  sliceMs: 1_000,
  graceMs: 4_000,
  messageChars: mebi,
  messagesPerSecond: 2_000,
  messageBurst: 4_000,
  pendingCalls: 256,
  storageChars: mebi,
  restartMs: 200,
  crashes: 3,
};

/** Levels of nesting a message may have. */
export const messageDepth = 64;
