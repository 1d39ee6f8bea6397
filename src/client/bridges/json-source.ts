/** A socket whose messages are JSON: a WebSocket of the browser, of Node or of `ws`; an `RTCDataChannel`. */
export interface JsonSocket {
  send(text: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: 'close', listener: () => void): void;
}

/** Hears messages in their order, and leaves out what is no JSON. @returns what ends it */
export function onJson(
  socket: JsonSocket,
  on: { message: (value: unknown) => void; closed: () => void },
): () => void {
  let last = Promise.resolve();
  const listener = ({ data }: { data: unknown }) => {
    if (typeof data === 'string') return hear(data);
    // Google's server sends JSON in binary messages, which a browser gives as blobs.
    last = last.then(async () => hear(await new Response(data as BodyInit).text()));
  };
  const hear = (text: string) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return;
    }
    on.message(value);
  };
  socket.addEventListener('message', listener);
  socket.addEventListener('close', on.closed);
  return () => {
    socket.removeEventListener('message', listener);
    socket.removeEventListener('close', on.closed);
  };
}
