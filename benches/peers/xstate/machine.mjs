// The machine of ../machine.json in XState: `npm ci && node machine.mjs` prints nanoseconds of an `actor.send`.
import { readFileSync } from "node:fs";
import { createActor, createMachine } from "xstate";

const flat = JSON.parse(readFileSync(new URL("../machine.json", import.meta.url), "utf8"));
const { "x-events": events, "x-states": states } = flat;

// By event, as in the file.
const guards = {
  advance: ({ context }) => context.meetings >= 2 && context.trust >= 0.6,
  assess: ({ context }) => context.risk !== "unacceptable" && context.budget_sek <= 300000,
  pause: ({ context }) => context.trust < 0.8 && context.meetings > 0,
  resume: ({ context }) => !context.conflict_open,
  close: ({ context }) => context.meetings >= 10 || context.risk === "unacceptable",
};

const machine = createMachine({
  id: flat.id,
  initial: flat.initial,
  context: { meetings: 4, trust: 0.75, risk: "low", budget_sek: 60000, conflict_open: false },
  states: Object.fromEntries(
    Object.entries(flat.states).map(([state, { on }]) => [
      state,
      { on: Object.fromEntries(Object.entries(on).map(([event, { target }]) => [event, { target, guard: guards[event] }])) },
    ]),
  ),
});

const round = events.map((type, place) => ({ type, before: states.at(place - 1), behind: states[place] }));
// Without what is not expected, which leaves the machine where it is.
const asking = round.filter(({ type, before }) => flat.states[before].on[type]);

const SAMPLES = 31;
const ROUNDS = 1000;

function measure(round) {
  const actor = createActor(machine).start();
  round.forEach(({ type, behind }, place) => {
    actor.send({ type });
    const found = actor.getSnapshot().value;
    if (found !== behind) throw new Error(`event ${place} leads to ${found} instead of ${behind}`);
  });
  const sent = round.map(({ type }) => ({ type }));
  const run = () => {
    const started = process.hrtime.bigint();
    for (let turn = 0; turn < ROUNDS; turn++) for (const event of sent) actor.send(event);
    return Number(process.hrtime.bigint() - started) / (ROUNDS * sent.length);
  };
  for (let turn = 0; turn < 5; turn++) run();
  const taken = Array.from({ length: SAMPLES }, run).sort((a, b) => a - b);
  return [taken[0], taken[SAMPLES >> 1], taken[SAMPLES - 1]].map((value) => value.toFixed(0)).join("/");
}

console.log(`XState 5 on Node ${process.versions.node}, ns an event, min/median/max:`);
console.log(`  all ${round.length} events: ${measure(round)}`);
console.log(`  the ${asking.length} that ask a guard: ${measure(asking)}`);
