import t from 'tap';
import { Interruption } from './interruption.ts';

t.test('a command and a part of it are interrupted as one', (t) => {
  const written = t.capture(process.stderr, 'write', () => true);
  t.capture(process, 'exit', (code): never => {
    throw new Error(`exit ${code}`);
  });
  const before = process.listenerCount('SIGINT');
  {
    using whole = new Interruption(() => 'The disk was only read.');
    {
      using part = new Interruption(() => 'A run is left.', whole);
      t.equal(process.listenerCount('SIGINT'), before + 1);
      process.emit('SIGINT', 'SIGINT');
      t.ok(whole.interrupted && part.interrupted);
      t.equal(part.signal, whole.signal);
      t.throws(() => process.emit('SIGINT', 'SIGINT'), /exit 130/);
    }
    t.throws(() => process.emit('SIGINT', 'SIGINT'), /exit 130/);
  }
  t.equal(process.listenerCount('SIGINT'), before);
  const lines = written().map(({ args }) => String(args[0]).trim());
  t.match(lines, [
    'assay: SIGINT, ending the run; once more to end at once',
    'assay: ended at once. A run is left.',
    'assay: ended at once. The disk was only read.',
  ]);
  t.end();
});
