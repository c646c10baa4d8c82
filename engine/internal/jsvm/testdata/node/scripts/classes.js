class Shape {
  static #made = 0;
  #name = "shape";
  label = `${this.constructor.name}!`;
  static registry = new Map();
  static { Shape.registry.set("base", Shape); }
  constructor(name) { if (name) this.#name = name; Shape.#made++; }
  get name() { return this.#name; }
  set name(v) { if (!v) throw new RangeError("no name"); this.#name = v; }
  static get made() { return Shape.#made; }
  static isShape(o) { return #name in o; }
  #secret() { return "s" + this.#name; }
  reveal() { return this.#secret(); }
  ["computed" + 1]() { return super.toString(); }
  toString() { return `[${this.name}]`; }
}
class Circle extends Shape {
  radius = 1;
  constructor(r) { super("circle"); this.radius = r; }
  get area() { return Math.round(Math.PI * this.radius ** 2); }
  toString() { return super.toString() + this.radius; }
  static create(...args) { return new this(...args); }
}
const c = Circle.create(2), seen = [];
try { c.name = ""; } catch (e) { seen.push(e.name, e.message); }
try { Shape(); } catch (e) { seen.push(e.name); }
try { Shape.prototype.reveal.call({}); } catch (e) { seen.push(e.name); }
class Late extends Shape { constructor() { try { this.x; } catch (e) { seen.push(e.name); } super(); } }
new Late();
return [String(c), c.area, c.label, c.reveal(), Shape.isShape(c), Shape.isShape({}), Shape.made, c.computed1(), Object.keys(c), seen, new.target, typeof Shape.registry.get("base"), c instanceof Shape, Object.getOwnPropertyNames(Shape.prototype)];
