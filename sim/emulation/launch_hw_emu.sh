#!/bin/sh
# XRT's hardware emulation starts this in the folder that it lies in. `exec`, because the device process ends
# with its parent, which has to be the host. By hand, for a debugger: see [Emulation] dont_run in xrt.ini.
cd "$(dirname "$0")" || exit 1
exec ./tilewright-emulator platform.txt
