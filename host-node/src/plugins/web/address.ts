import ipaddr from "ipaddr.js";

/** Whether an address is one of the public internet: not this machine, not its network, not a way around either. */
export function isPublic(address: string): boolean {
  // A zone (`fe80::1%eth0`) is of a local network whatever stands before it.
  if (address.includes("%") || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast") return false;
  // Of IPv6 only what is handed out, 2000::/3: the rest holds IPv4 addresses in disguise.
  return parsed.kind() === "ipv4" || ((parsed.toByteArray()[0] ?? 0) & 0xe0) === 0x20;
}
