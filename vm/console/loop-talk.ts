/** What the command loop answers: `@abcdefghjkmn:3:e:0;`. */
const loopFrame = /^@[a-z0-9]{12}:\d+:[beghx]:[\d.]*;$/;

/** The line that sets the loop up, as terminals and shells echo it: whole, or broken by a narrow terminal. */
const setUpBegins = /unset HISTFILE; exec sh -c 'stty -echo/;
const setUpEnds = /esac; done'\s*$/;
/** It has about 500 characters: on a terminal of 80 columns these are 7 lines. */
const setUpLines = 12;

/** Every piece of it names one of the loop's variables; what the guest prints in between does not. */
const ofSetUp = /\$\{?#?_[ACLNSUV]/;

/**
 * Lines of a console without what Assay and its command loop in the guest's shell say to each other: nothing for
 * people. The log keeps everything.
 */
export function withoutLoopTalk(lines: readonly string[]): string[] {
  let setUpUntil = -1;
  return lines.filter((line, index) => {
    if (setUpBegins.test(line)) {
      setUpUntil = endOfSetUp(lines, index);
      return false;
    }
    return !(loopFrame.test(line) || (index <= setUpUntil && ofSetUp.test(line)));
  });
}

/** The last line of an echo that begins at `start`; that one where its end is not to be seen. */
function endOfSetUp(lines: readonly string[], start: number): number {
  const next = lines.slice(start, start + setUpLines);
  const restarts = next.findIndex((line, index) => index > 0 && setUpBegins.test(line));
  const own = restarts === -1 ? next : next.slice(0, restarts);
  return (
    start +
    Math.max(
      0,
      own.findIndex((line) => setUpEnds.test(line)),
    )
  );
}
