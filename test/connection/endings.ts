/** Ends what a test has started, however the test itself ends. */
interface Started {
  stop?(): Promise<void>;
  close?(): Promise<void>;
}

const started: Started[] = [];

/** Stops or closes the thing after the test, the last one first. */
export function endsWithTest<Thing extends Started>(thing: Thing): Thing {
  started.push(thing);
  return thing;
}

afterEach(async () => {
  for (const thing of started.splice(0).reverse()) {
    await thing.stop?.();
    await thing.close?.();
  }
});
