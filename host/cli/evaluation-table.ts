import { renderTable } from '../../codegen/support/table.ts';
import type { EvaluationRow } from '../recommender/index.ts';

/** NDCG@10 and HR@10 with standard errors, a row a variant. */
export function evaluationTable(rows: readonly EvaluationRow[]): string {
  const shown = (value: number, error: number) => `${value.toFixed(4)} ± ${error.toFixed(4)}`;
  return renderTable(
    [{ title: 'protocol full' }, { title: 'NDCG@10' }, { title: 'HR@10' }, { title: 'users' }],
    rows.map(({ name, figures }) => [
      name,
      shown(figures.ndcg, figures.ndcgError),
      shown(figures.hitRate, figures.hitRateError),
      figures.users,
    ]),
  );
}
