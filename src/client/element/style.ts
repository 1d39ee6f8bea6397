/**
 * Of the element; a page reaches the parts with `::part(…)`, and the size with CSS on the element itself. The button to start is
 * as large as the element; no text takes its clicks.
 */
export const STYLE = `
:host { display: inline-block; position: relative; inline-size: 320px; aspect-ratio: 1; overflow: hidden; background: #18181b; }
:host([hidden]) { display: none; }
video, canvas, img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }
[hidden] { display: none !important; }
button { font: 600 14px/1 system-ui, sans-serif; color: #fff; background: rgb(0 0 0 / .6); border: 0; border-radius: 999px;
  padding: 10px 14px; cursor: pointer; }
button:hover { background: rgb(0 0 0 / .8); }
button:focus-visible { outline: 2px solid #fff; outline-offset: 2px; }
button[aria-pressed=true] { color: #18181b; background: #fff; }
.start { flex: none; font-size: 16px; pointer-events: auto; }
.start::after { content: ''; position: absolute; inset: 0; }
.bar { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; display: flex; gap: 6px; }
.foot { position: absolute; inset: 0; padding: 8px; display: flex; flex-direction: column; justify-content: flex-end;
  align-items: center; gap: 8px; box-sizing: border-box; pointer-events: none; }
.text { margin: 0; min-block-size: 0; overflow: hidden; overflow-wrap: anywhere; text-align: center; }
.text span { font: 500 15px/1.35 system-ui, sans-serif; color: #fff; background: rgb(0 0 0 / .75); border-radius: 6px;
  padding: 3px 8px; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
`;
