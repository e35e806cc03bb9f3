import { useTranslation } from "react-i18next";
import { useItems } from "~/api/queries/runs";
import styles from "~/features/steps/StepItems.module.css";
import { Button } from "~/ui/Button";

type Props = {
  run: number;
  node: string;
  count: number;
  chosen: string;
  onChoose: (path: string) => void;
};

/** The item's key as people know it: "each[SKU-1]/create" → "SKU-1". */
const keyOf = (path: string): string =>
  [...path.matchAll(/\[([^\]]*)\]/g)].map((found) => found[1]).join(", ");

/** A loop's step over very many items: a page of them at a time, one chosen. */
export function StepItems({ run, node, count, chosen, onChoose }: Props) {
  const { t } = useTranslation("runs");
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useItems(run, node);
  const items = data?.pages.flatMap((page) => page.results) ?? [];
  const more = count - items.length;
  return (
    <section className={styles.items} aria-label={t("items.title", { count })}>
      <h3 className="sm t3">{t("items.title", { count })}</h3>
      <ol>
        {items.map((item) => (
          <li key={item.path}>
            <button
              type="button"
              aria-pressed={item.path === chosen}
              data-state={item.state}
              onClick={() => onChoose(item.path)}
            >
              {keyOf(item.path) || item.path}
            </button>
          </li>
        ))}
      </ol>
      {hasNextPage && (
        <Button dense busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("items.more", { count: Math.max(more, 1) })}
        </Button>
      )}
    </section>
  );
}
