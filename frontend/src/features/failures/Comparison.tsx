import { useTranslation } from "react-i18next";
import type { FailureDetail, Json } from "~/api/types";
import styles from "~/features/failures/Failures.module.css";
import { differences } from "~/model/compare";

const shown = (value: Json | undefined): string => {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
};

/** What was made before and what is meant now, field by field. */
export function Comparison({ payloads }: { payloads: NonNullable<FailureDetail["payloads"]> }) {
  const { t } = useTranslation("failures");
  const changed = differences(payloads.confirmed, payloads.intended);
  return (
    <section>
      <h3>{t("compare.title")}</h3>
      <table className={styles.compare}>
        <thead>
          <tr>
            <th scope="col">{t("compare.field")}</th>
            <th scope="col">{t("compare.before")}</th>
            <th scope="col">{t("compare.after")}</th>
          </tr>
        </thead>
        <tbody>
          {changed.map(({ place, before, after }) => (
            <tr key={place}>
              <th scope="row">{place}</th>
              <td className="num">{shown(before)}</td>
              <td className="num">{shown(after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="sm t3">{t("compare.rest")}</p>
    </section>
  );
}
