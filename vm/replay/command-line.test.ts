import t from 'tap';
import { recordingCommandLine } from './command-line.ts';

const places = { executionPath: '/run/a,b/execution.rr', pipePaths: ['/run/pipe0'] };

t.test('what QEMU cannot record as it is goes another way', (t) => {
  const line = recordingCommandLine(
    [
      ...['-chardev', 'null,id=serial0,logfile=/run/console.log'],
      ...['-device', 'isa-serial,chardev=serial0'],
      ...['-netdev', 'user,id=net0,restrict=on'],
      ...['-device', 'virtio-net-pci,netdev=net0,romfile='],
    ],
    places,
  );
  const after = (option: string) => line.filter((_, index) => line[index - 1] === option);
  t.same(after('-serial'), ['chardev:serial0']);
  t.match(after('-chardev'), [/^pipe,id=serial0,path=\/run\/pipe0,logfile=/]);
  t.same(after('-object'), ['filter-replay,id=replay-net0,netdev=net0']);
  t.same(after('-device'), ['virtio-net-pci,netdev=net0,romfile=,tx=timer,x-txtimer=1']);
  t.same(after('-icount'), ['shift=3,rr=record,rrfile=/run/a,,b/execution.rr']);
  t.end();
});
