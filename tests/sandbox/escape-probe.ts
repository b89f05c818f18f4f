/**
 * A program for a guest's worker that stands for code which broke out of the virtual machine: it has everything the worker has, and tries every way out
 * there is towards `address` (with a canary behind it). It reports as a fault: JSON of the ways that led somewhere.
 */
export const escapeProbe = (address: string): string => `
const address = ${JSON.stringify(address)};
const socket = address.replace(/^http/, "ws");
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const opened = (source) => new Promise((resolve) => { source.onopen = () => resolve(true); source.onerror = () => resolve(false); });
const blob = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const ways = {
  "an origin": () => self.origin !== "null" && self.origin,
  "fetch": async () => (await fetch(address)).status,
  "fetch without CORS": async () => (await fetch(address, { mode: "no-cors", credentials: "include" })).type,
  "fetch that outlives it": async () => (await fetch(address, { method: "POST", body: "x", keepalive: true })).status,
  "XMLHttpRequest": () => new Promise((resolve) => { const ask = new XMLHttpRequest(); ask.onload = () => resolve(true); ask.onerror = () => resolve(false); ask.open("GET", address); ask.send(); }),
  "XMLHttpRequest, synchronous": () => { const ask = new XMLHttpRequest(); ask.open("GET", address, false); ask.send(); return ask.status; },
  "WebSocket": () => opened(new WebSocket(socket)),
  "EventSource": () => opened(new EventSource(address)),
  "WebTransport": async () => { await new WebTransport(address.replace(/^http:/, "https:")).ready; return true; },
  "RTCPeerConnection": () => { const peer = new RTCPeerConnection({ iceServers: [{ urls: "stun:" + new URL(address).host }] }); peer.createDataChannel("x"); return true; },
  "importScripts": () => { importScripts(address); return true; },
  "importScripts of data": () => { importScripts("data:text/javascript,self.there=1"); return self.there; },
  "dynamic import": async () => import(address),
  "dynamic import of data": async () => import("data:text/javascript,export default 1"),
  "eval": () => (0, eval)("1"),
  "new Function": () => new Function("return 1")(),
  "a worker from an address": () => opened(new Worker(address)),
  "a shared worker": () => { new SharedWorker(address); return true; },
  "a worker's own fetch": () => new Promise((resolve) => {
    const worker = new Worker(blob("fetch(" + JSON.stringify(address) + ",{mode:'no-cors'}).then(() => postMessage(true), () => postMessage(false))"));
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = () => resolve(false);
  }),
  "a font": async () => { const face = new FontFace("x", "url(" + address + ")"); await face.load(); return true; },
  "IndexedDB": () => new Promise((resolve) => { const ask = indexedDB.open("orrery.state"); ask.onsuccess = () => resolve(true); ask.onerror = () => resolve(false); }),
  "IndexedDB's list": async () => (await indexedDB.databases()).length,
  "caches": async () => (await caches.keys()).length + 1,
  "storage": async () => (await navigator.storage.getDirectory()) && true,
  "locks": async () => navigator.locks.request("orrery", () => true),
  "cookies": async () => (await cookieStore.getAll()).length + 1,
  "localStorage": () => localStorage.length + 1,
  "a service worker": async () => (await navigator.serviceWorker.getRegistrations()).length + 1,
  "a beacon": () => navigator.sendBeacon(address, "x"),
  "a document": () => document.title.length + 1,
  "a window": () => parent !== self && parent,
  "permissions": async () => (await navigator.permissions.query({ name: "notifications" })).state === "granted",
};
self.onmessage = async ({ ports: [port] }) => {
  const led = [];
  // At once: one after the other they would take longer than the sandbox waits for a worker.
  await Promise.all(Object.entries(ways).map(async ([name, way]) => {
    try { if (await Promise.race([way(), wait(3000)])) led.push(name); } catch {}
  }));
  try { new BroadcastChannel("orrery").postMessage("out"); self.postMessage("out"); } catch {}
  port.postMessage({ is: "fault", code: "SANDBOX_CRASHED", message: JSON.stringify({ tried: Object.keys(ways).length, led }) });
};
`;
