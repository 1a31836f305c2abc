import { z } from 'zod';
import { plugCable, pullCable } from '../../../vm/index.ts';
import { declareFault } from '../fault-declaration.ts';
import { assertCard } from './changed-hardware.ts';
import { dropFrames, holdFrames } from './network-filters.ts';
import { card, seconds } from './parameters.ts';
import { endAfter, whileOn } from './while-on.ts';

/** Faults of the wire between a network card and whatever it is plugged into. */
export const networkFaults = [
  declareFault({
    name: 'link-lost',
    layer: 'network',
    summary: 'the cable of a network card is pulled',
    proves: 'the appliance goes on without its network, and is there again when the cable is',
    parameters: z.object({ card, seconds }),
    when: 'either',
    needs: 'network-card',
    async inject(target, { card, seconds }) {
      assertCard(target.machine, card);
      let taken: string | undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = await whileOn(target, async (on) => {
        await pullCable(on, card);
        taken ??= `QEMU has taken the link of nic${card} down`;
        resolve();
        return async () => {
          await plugCable(on, card);
        };
      });
      return {
        what: `the cable of network card ${card} was pulled`,
        proof: () => taken,
        happened: promise,
        stop: endAfter(seconds, end, target.signal),
      };
    },
  }),
  declareFault({
    name: 'network-lossy',
    layer: 'network',
    summary: 'frames are lost in bursts, in both directions, while the link is up',
    proves: 'what goes over the network is tried again, or its loss is survived',
    parameters: z.object({
      card,
      percent: z.number().min(1).max(100).default(30).describe('of the time; at 100 nothing comes through'),
      burstMs: z
        .int()
        .min(5)
        .max(60_000)
        .default(100)
        .describe('how long a burst is at most, in milliseconds'),
      seconds,
    }),
    when: 'either',
    needs: 'network-card',
    async inject(target, { card, percent, burstMs, seconds }) {
      assertCard(target.machine, card);
      const dropping = dropFrames(target, { card, percent, burstMs });
      const end = await whileOn(target, dropping.begin);
      return {
        what: `network card ${card} loses frames ${percent} % of the time`,
        proof: dropping.proof,
        happened: dropping.happened,
        stop: dropping.stopWith(endAfter(seconds, end, target.signal)),
      };
    },
  }),
  declareFault({
    name: 'network-slow',
    layer: 'network',
    summary: 'frames wait in the network, and come together, in both directions',
    proves: 'time-outs of the appliance fit a network that is far away',
    parameters: z.object({
      card,
      delayMs: z
        .int()
        .min(1)
        .max(60_000)
        .default(300)
        .describe('so long a frame waits at most, in milliseconds'),
      seconds,
    }),
    when: 'either',
    needs: 'network-card',
    async inject(target, { card, delayMs, seconds }) {
      assertCard(target.machine, card);
      const holding = holdFrames(target, { card, delayMs });
      const end = await whileOn(target, holding.begin);
      return {
        what: `frames of network card ${card} wait up to ${delayMs} ms`,
        proof: holding.proof,
        happened: holding.happened,
        stop: holding.stopWith(endAfter(seconds, end, target.signal)),
      };
    },
  }),
];
