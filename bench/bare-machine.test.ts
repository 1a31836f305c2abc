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
      serialPorts: ['console', 'lcd'].map((port) => ({
        socketPath: `${folder}/${port}.sock`,
        logPath: `${folder}/${port}.log`,
      })),
      overlayPaths: new Map(),
    });
    const bare = bareArguments(spec, folder);
    t.equal(bare.length, ours.length);
    const differing = bare.filter((argument, index) => argument !== ours[index]);
    t.same(differing, [
      'null,id=qmp',
      'null,id=serial0,logfile=/tmp/a,,b/console.log,logappend=on',
      'null,id=serial1,logfile=/tmp/a,,b/lcd.log,logappend=on',
    ]);
  },
);
