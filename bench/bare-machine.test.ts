import t from 'tap';
import { resolveMachineSpec } from '../vm/machine-spec.ts';
import { qemuArguments } from '../vm/qemu-arguments.ts';
import { bareArguments } from './bare-machine.ts';

t.test(
  'a bare machine differs from ours in who is at the other end of its ports, and in nothing else',
  async (t) => {
    const spec = {
      name: 'alpha',
      memoryMiB: 256,
      serialPorts: ['lcd'],
      disks: [{ name: 'data', path: '/disks/d.raw', controller: 'virtio' as const, writes: 'kept' as const }],
      nics: [{ mac: '00:1b:21:00:00:01', forwardTcpPorts: [80] }],
    };
    const folder = '/tmp/a,b';
    const ours = qemuArguments(resolveMachineSpec(spec), {
      accelerator: 'tcg',
      qmpSocketPath: `${folder}/qmp.sock`,
      serialLogPaths: ['console', 'lcd'].map((port) => `${folder}/${port}.log`),
      overlayPaths: new Map(),
    });
    const bare = bareArguments(spec, folder);
    // Ours waits until somebody is attached; the bare one has nobody to wait for.
    const started = ours.filter((argument) => argument !== '-S');
    t.equal(started.length, ours.length - 1);
    t.equal(bare.length, started.length);
    t.same(
      bare.filter((argument, index) => argument !== started[index]),
      ['null,id=qmp'],
    );
  },
);
