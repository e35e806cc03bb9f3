import styles from "~/features/data/ValueView.module.css";
import { cellText, type Grid, isFigures, labelOf } from "~/model/tables";

/** A list of records as a small table. */
export function GridView({ grid }: { grid: Grid }) {
  const columns = grid.columns.map((name) => ({ name, figures: isFigures(grid, name) }));
  const rows = grid.rows.map((row, index) => ({ id: `${grid.name}-${index}`, row }));
  return (
    <section className={styles.block}>
      {grid.name !== "" && <h4>{labelOf(grid.name)}</h4>}
      <table className={styles.grid}>
        <thead>
          <tr>
            {columns.map(({ name, figures }) => (
              <th key={name} scope="col" data-number={figures || undefined}>
                {labelOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, row }) => (
            <tr key={id}>
              {columns.map(({ name, figures }) => (
                <td key={name} data-number={figures || undefined} title={cellText(row[name])}>
                  {cellText(row[name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
