import { Tooltip } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, NavLink } from "react-router";
import { useMyApprovals } from "~/api/queries/approvals";
import { useFailures } from "~/api/queries/failures";
import { useEnvironment, useSignedIn } from "~/api/queries/session";
import { Brand } from "~/app/shell/Brand";
import { outside, PLACES, type PlaceId } from "~/app/shell/places";
import styles from "~/app/shell/Shell.module.css";

function Labelled({ slim, label, children }: { slim: boolean; label: string; children: ReactNode }) {
  return (
    <Tooltip label={label} position="right" disabled={!slim}>
      {children}
    </Tooltip>
  );
}

type OutsideProps = { slim: boolean; href: string; label: string; icon: LucideIcon };

function Outside({ slim, href, label, icon: Icon }: OutsideProps) {
  return (
    <Labelled slim={slim} label={label}>
      <a className={styles.item} href={href} aria-label={slim ? label : undefined}>
        <Icon size={16} strokeWidth={1.75} aria-hidden />
        {!slim && label}
      </a>
    </Labelled>
  );
}

/** 208 px with words on list screens, a 48 px rail on work screens. */
export function Nav({ slim }: { slim: boolean }) {
  const { t } = useTranslation();
  const { sandbox_url: sandbox } = useSignedIn();
  const { environment } = useEnvironment();
  const counts: Partial<Record<PlaceId, number>> = {
    failures: useFailures(environment).data?.pages[0]?.results.length ?? 0,
    approvals: useMyApprovals(environment),
  };
  return (
    <nav className={styles.nav} aria-label={t("nav.main")}>
      <Link to="/" className={styles.brand} aria-label={t("product")}>
        <Brand />
        {!slim && t("product")}
      </Link>
      {PLACES.map(({ id, to, icon: Icon }) => (
        <Labelled key={id} slim={slim} label={t(`nav.${id}`)}>
          <NavLink
            to={to}
            end={to === "/"}
            className={styles.item ?? ""}
            aria-label={slim ? t(`nav.${id}`) : undefined}
          >
            <Icon size={16} strokeWidth={1.75} aria-hidden />
            {!slim && t(`nav.${id}`)}
            {!slim && (counts[id] ?? 0) > 0 && <span className={styles.count}>{counts[id]}</span>}
          </NavLink>
        </Labelled>
      ))}
      {slim ? <span className={styles.rule} /> : <div className={styles.section}>{t("nav.operate")}</div>}
      {outside(sandbox).map(({ id, href, icon }) => (
        <Outside key={id} slim={slim} href={href} label={t(`nav.${id}`)} icon={icon} />
      ))}
    </nav>
  );
}
