/**
 * The container of an `.xclbin`, which XRT calls axlf: a head, a header, section headers, sections.
 * Little-endian throughout. Source: `xclbin.h` of XRT (Debian: libxrt-dev).
 */

export const magic = 'xclbin2\0';

/** Bytes of the head before the header: magic, signature's length, 28 × 0xff, key block, unique id. */
export const headBytes = 304;
/** Bytes of the header behind the head, padding included. */
export const headerBytes = 152;
export const sectionHeaderBytes = 40;
/** Where the section headers begin. */
export const sectionHeadersAt = headBytes + headerBytes;
/** Of `XCLBIN_MAX_NUM_SECTION`. */
export const maximalSections = 0x10000;

/** `XCLBIN_MODE`, by its number. */
export const modes = [
  'flat',
  'hw',
  'tandem_stage2',
  'tandem_stage2_with_pr',
  'hw_emu',
  'sw_emu',
  'hw_emu_pr',
] as const;

export type XclbinMode = (typeof modes)[number];

/** `axlf_section_kind`, by its number. */
export const sectionKinds = [
  'BITSTREAM',
  'CLEARING_BITSTREAM',
  'EMBEDDED_METADATA',
  'FIRMWARE',
  'DEBUG_DATA',
  'SCHED_FIRMWARE',
  'MEM_TOPOLOGY',
  'CONNECTIVITY',
  'IP_LAYOUT',
  'DEBUG_IP_LAYOUT',
  'DESIGN_CHECK_POINT',
  'CLOCK_FREQ_TOPOLOGY',
  'MCS',
  'BMC',
  'BUILD_METADATA',
  'KEYVALUE_METADATA',
  'USER_METADATA',
  'DNA_CERTIFICATE',
  'PDI',
  'BITSTREAM_PARTIAL_PDI',
  'PARTITION_METADATA',
  'EMULATION_DATA',
  'SYSTEM_METADATA',
  'SOFT_KERNEL',
  'ASK_FLASH',
  'AIE_METADATA',
  'GROUP_TOPOLOGY',
  'GROUP_CONNECTIVITY',
  'SMARTNIC',
  'AIE_RESOURCES',
  'OVERLAY',
  'VENDER_METADATA',
  'AIE_PARTITION',
  'IP_METADATA',
  'AIE_RESOURCES_BIN',
  'AIE_TRACE_METADATA',
] as const;

export type SectionKind = (typeof sectionKinds)[number];

/** Offsets in the header, from the file's first byte. */
export const headerAt = {
  signatureLength: 8,
  reserved: 12,
  keyBlock: 40,
  uniqueId: 296,
  length: headBytes,
  timeStamp: headBytes + 8,
  versionPatch: headBytes + 24,
  versionMajor: headBytes + 26,
  versionMinor: headBytes + 27,
  mode: headBytes + 28,
  platformUuid: headBytes + 32,
  platform: headBytes + 48,
  uuid: headBytes + 112,
  sectionCount: headBytes + 144,
} as const;

/** Bytes of the platform's name and of a section's, the zero at the end included. */
export const platformNameBytes = 64;
export const sectionNameBytes = 16;
