import { defineCommand } from '../command.ts';

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export default defineCommand({
  name: 'clean',
  summary: 'Remove what was built and fetched (simulators, libraries, models, data)',
  options: {
    'dry-run': { describe: 'Only list what would go', type: 'boolean', default: false },
  },
  examples: [
    ['tilewright clean', 'Everything in the artefact store; the next command builds it anew'],
    ['tilewright clean --dry-run', 'See what is there, and how large'],
  ],
  async run(options) {
    const { artefactStore } = await import('../../../codegen/support/store.ts');
    const store = artefactStore();
    if (options['dry-run']) {
      const stored = await store.list();
      const bytes = stored.reduce((total, artefact) => total + artefact.bytes, 0);
      const lines = stored.map((artefact) => `${artefact.folder} (${megabytes(artefact.bytes)})`);
      lines.push(`${stored.length} artefacts, ${megabytes(bytes)}, in ${store.folder}`);
      return {
        json: { folder: store.folder, removed: false, artefacts: stored.length, bytes, stored },
        text: lines.join('\n'),
      };
    }
    const { artefacts, bytes } = await store.clean();
    return {
      json: { folder: store.folder, removed: true, artefacts, bytes },
      text: `Removed ${artefacts} artefacts, ${megabytes(bytes)}, from ${store.folder}.`,
    };
  },
});
