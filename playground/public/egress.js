// Binds this frame to the origins in its address before anything else runs in it, then starts the egress worker from a blob,
// which inherits that policy. A policy can only be narrowed from here on.
const wanted = new URLSearchParams(location.hash.slice(1));
const origins = (wanted.get("allow") ?? "").split(" ").filter((origin) => URL.canParse(origin) && new URL(origin).origin === origin);
const policy = document.createElement("meta");
policy.httpEquiv = "Content-Security-Policy";
policy.content = `default-src 'none'; script-src 'self' blob:; worker-src 'self' blob:; connect-src ${origins.join(" ") || "'none'"}`;
document.head.append(policy);

const script = wanted.get("worker") ?? "";
if (URL.canParse(script) && new URL(script).origin === location.origin) {
  const start = URL.createObjectURL(new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" }));
  const worker = new Worker(start, { type: "module", name: "egress" });
  addEventListener("message", (event) => {
    if (event.origin === location.origin && event.ports[0]) worker.postMessage("port", [event.ports[0]]);
  });
}
