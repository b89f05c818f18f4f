/** An error as a person and a program are told of it. */
export interface Failure {
  code: string;
  message: string;
  do?: string;
}

/** Whatever was thrown, in the three parts every error of the product has. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) return { code: "INTERNAL", message: String(thrown), do: reportIt };
  const { code, do: advice, todo } = thrown as { code?: unknown; do?: unknown; todo?: unknown };
  // Known by its name: a plugin may bring its own copy of the SDK.
  if (thrown.name === "OrreryError" && typeof code === "string") return { code, message: thrown.message, ...(typeof todo === "string" ? { do: todo } : {}) };
  // The kernel's errors carry a code of their catalogue, and say what to do in their message too.
  if (thrown.name === "KernelError" && typeof code === "string") {
    const told = typeof advice === "string" ? advice : undefined;
    const message = thrown.message.replace(`${code}: `, "").replace(told ? ` ${told}` : "", "");
    return { code, message, ...(told ? { do: told } : {}) };
  }
  return { code: typeof code === "string" ? code : "INTERNAL", message: thrown.message, do: reportIt };
}

const reportIt = "Set ORRERY_DEBUG=1 to see where it comes from, and report it.";

/** 0 accepted, 2 rejected or waiting for a person, 3 over budget, 1 anything else. */
export function exitCodeOf(status: string): number {
  if (status === "accepted") return 0;
  if (status === "rejected" || status === "waiting") return 2;
  return status === "over_budget" ? 3 : 1;
}
