import { useTranslation } from "react-i18next";
import type { UndoPreview as Preview } from "~/api/undoing";
import styles from "~/features/effects/Undo.module.css";
import { formatMoney } from "~/model/format";

/** The document that would be written: its lines, and what they come to. */
export function UndoPreview({ preview }: { preview: Preview }) {
  const { t } = useTranslation("runs");
  const sums = (["net", "tax", "total"] as const).filter((name) => preview[name] !== null);
  return (
    <>
      <p className="t2">{preview.sentence}</p>
      {preview.lines.length > 0 && (
        <table className={styles.lines}>
          <thead>
            <tr>
              <th>{t("undo.line")}</th>
              <th>{t("undo.quantity")}</th>
              <th>{t("undo.net")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.lines.map((line, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a preview's lines never move
              <tr key={place}>
                <td>{line.text}</td>
                <td className="num">{line.quantity}</td>
                <td className="num">{line.net}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <dl className={styles.numbers}>
        {sums.map((name) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{t(`undo.${name}`)}</dt>
            <dd className="num">{preview[name] !== null && formatMoney(preview[name])}</dd>
          </div>
        ))}
        <dt>{t("undo.reference")}</dt>
        <dd>{preview.reference}</dd>
      </dl>
    </>
  );
}
