// A custom element is an element like any other: attributes, `on...` for its events, a ref for its methods.
import React, { useRef, useState } from "react";
import { createRoot } from "react-dom/client";

function Page() {
  const widget = useRef(null);
  const [asked, setAsked] = useState([]);
  return (
    <main>
      <h1>The widget in React</h1>
      <button onClick={() => widget.current.ask("Who introduced the Indo-Pacific Treaty Organization Act?")}>
        Ask for me
      </button>
      <p id="asked">Asked: {asked.length}</p>
      <article-qa
        ref={widget}
        mode="inline"
        heading="Ask from React"
        onquestion={(event) => setAsked((before) => [...before, event.detail.question])}
      />
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Page />);
