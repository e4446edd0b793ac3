import { expect, test } from "vitest";
import { Changes } from "~/export/spool-changes";

test("a condition is looked at at once and after each change, until it holds", async () => {
  const changes = new Changes();
  let value = 0;
  let looks = 0;
  const holds = changes.until(() => {
    looks += 1;
    return value === 2;
  });
  expect(looks).toBe(1);
  for (value = 1; value < 5; value++) changes.announce();
  await holds;
  expect(looks).toBe(3);
});

test("a condition that throws rejects, with what it threw, and is not looked at again", async () => {
  const changes = new Changes();
  const failure = new Error("over");
  let looks = 0;
  const holds = changes.until(() => {
    looks += 1;
    throw failure;
  });
  changes.announce();
  await expect(holds).rejects.toBe(failure);
  expect(looks).toBe(1);
});

test("each of several who wait is told when its own condition holds", async () => {
  const changes = new Changes();
  let value = 0;
  const order: number[] = [];
  const all = [3, 1, 2].map((wanted) =>
    changes.until(() => value >= wanted).then(() => order.push(wanted)),
  );
  for (value = 1; value < 3; value++) {
    changes.announce();
    await all[value];
  }
  changes.announce();
  await Promise.all(all);
  expect(order).toEqual([1, 2, 3]);
});
