const people = []; for (let i = 0; i < 600; i++) people.push({ age: (i * 7919) % 10, i });
people.sort((a, b) => a.age - b.age);
let stable = true; for (let i = 1; i < people.length; i++) if (people[i - 1].age === people[i].age && people[i - 1].i > people[i].i) stable = false;
const holes = [3, , 1, undefined, 2]; holes.sort();
const odd = [5, 1, 4]; odd.sort(() => 0);
let refused; try { [1].sort("no"); } catch (e) { refused = e.name; }
return [stable, holes, holes.length, 4 in holes, [10, 9, 1, -1, "b", "B", null, undefined, NaN].sort(), odd, refused, ["é", "z", "a", "Z"].sort(), [3, 1, 2].sort((a, b) => b > a), new Float32Array([3, NaN, -0, 0, -1]).sort(), [true, false].sort(), ["10", 9, 1].sort((a, b) => a - b), [[2, "b"], [1, "a"]].sort(), ["b", "a"].toSorted?.(), [1, 2, 3].reverse(), [3, 2, 1].sort(undefined), ["ä", "a", "z"].sort((a, b) => a < b ? -1 : a > b ? 1 : 0)];
