// Whether anything of a plugin still runs that could call it: timers, requests, and
// calls of the host. What else there is (a module that loads, a reader) the browser does
// not tell, so a plugin gets some time as well.

const GRACE = 250; // milliseconds without anything

export class Busy {
  constructor(peer) {
    this.peer = peer;
    this.timers = new Set();
    this.requests = 0;
    this.last = performance.now();
    const { setTimeout, clearTimeout, setInterval, clearInterval, fetch } = self;
    this.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    self.setTimeout = (f, ...rest) => {
      const id = setTimeout((...args) => {
        this.timers.delete(id);
        this.last = performance.now();
        return typeof f === "function" ? f(...args) : (0, eval)(f);
      }, ...rest);
      this.timers.add(id);
      return id;
    };
    self.setInterval = (...args) => {
      const id = setInterval(...args);
      this.timers.add(id);
      return id;
    };
    self.clearTimeout = self.clearInterval = (id) => {
      this.timers.delete(id);
      clearTimeout(id);
      clearInterval(id);
    };
    self.fetch = async (...args) => {
      this.requests++;
      try {
        return await fetch(...args);
      } finally {
        this.requests--;
        this.last = performance.now();
      }
    };
  }

  // waits takes a moment, and says whether it is worth waiting on.
  async waits() {
    if (this.timers.size || this.requests || this.peer.pending.size) this.last = performance.now();
    await this.sleep(5);
    return performance.now() - this.last < GRACE;
  }
}
