import t from 'tap';
import { fakeDisk, makeMachine, together } from '../fixtures/fake-machine.ts';
import { usbDisksPending } from './usb-disks.ts';

const stick = { files: { 'bus/usb/devices/1-2:1.0/bInterfaceClass': '08\n' } };
const keyboard = { files: { 'bus/usb/devices/1-3:1.0/bInterfaceClass': '03\n' } };
const port = '/pci0/usb1/1-2/1-2:1.0/host1';

t.test('a stick that is no disk yet is waited for, a keyboard is not', async (t) => {
  const pending = (name: string, ...parts: object[]) => {
    const { sysFolder } = makeMachine(`${folder}/${name}`, together(...parts));
    return usbDisksPending(sysFolder);
  };
  const folder = t.testdir({});
  t.equal(pending('none'), false);
  t.equal(pending('keyboard', keyboard), false);
  t.equal(pending('stick', keyboard, stick), true);
  t.equal(pending('disk', stick, fakeDisk('sda', 2048, { port })), false);
  t.equal(pending('other', stick, fakeDisk('sda', 2048, { port: port.replaceAll('1-2', '1-4') })), true);
});
