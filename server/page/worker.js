// A plugin in a worker of the page, from outside of its frame: frames of its host go
// through as they are.

export class WorkerPlugin {
  constructor(order, send, page) {
    this.order = order;
    this.page = page;
    this.waiting = []; // frames that came before the worker did
    this.peer = { receive: ({ text, buffers }) => this.forward({ text, buffers }) };
    this.frame = document.createElement("iframe");
    this.frame.sandbox = "allow-scripts allow-same-origin";
    this.frame.title = order.name;
    this.frame.src = order.frame;
    const origin = new URL(order.frame).origin;
    this.listen = ({ source, origin: from, data, ports }) => {
      if (source !== this.frame.contentWindow || from !== origin || !data) return;
      if (data.type === "imjoy-worker" && !this.port) this.connect(ports[0], send);
      else if (data.type === "imjoy-frame" && data.what === "error") this.fail(String(data.message));
    };
    addEventListener("message", this.listen);
    page.place(order, this);
  }

  connect(port, send) {
    this.port = port;
    port.onmessage = ({ data }) => {
      if (data.what === "frame") return send(data);
      if (data.what === "started") this.page.control.notify("plugin.started", [{ channel: this.order.channel, error: data.error || "" }]);
      else if (data.what === "print") this.page.control.notify("plugin.output", [{ channel: this.order.channel, level: String(data.level), text: String(data.text) }]);
    };
    for (const frame of this.waiting.splice(0)) this.forward(frame);
  }

  forward(frame) {
    if (this.port) this.port.postMessage(frame, frame.buffers);
    else this.waiting.push(frame);
  }

  fail(text) {
    this.page.say({ kind: "log", level: "error", plugin: this.order.name, text });
  }

  end() {
    removeEventListener("message", this.listen);
    if (this.port) this.port.close();
    this.frame.remove();
  }
}
