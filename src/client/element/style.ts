/** Of the element; a page reaches the parts with `::part(…)`, and the size with CSS on the element itself. */
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
.start { position: absolute; inset-inline: 0; inset-block-end: 10%; margin: auto; inline-size: max-content; font-size: 16px; }
.bar { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; display: flex; gap: 6px; }
.text { position: absolute; inset-inline: 8px; inset-block-end: 8px; margin: 0; text-align: center; }
.text span { font: 500 15px/1.35 system-ui, sans-serif; color: #fff; background: rgb(0 0 0 / .75); border-radius: 6px;
  padding: 3px 8px; box-decoration-break: clone; -webkit-box-decoration-break: clone; }
`;
