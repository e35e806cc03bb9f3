import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { formatAge, formatDateTime, formatShort } from "~/model/format";
import { useNow } from "~/ui/useNow";

/** A moment, short; the exact time on hover and for screen readers. */
export function Moment({ at, relative = false }: { at: string; relative?: boolean }) {
  const { i18n } = useTranslation();
  const now = useNow(30_000);
  const exact = formatDateTime(at, i18n.language);
  const short = relative && now - Date.parse(at) < 86_400_000;
  return (
    <Tooltip label={exact}>
      <time dateTime={at} className="num">
        {short ? formatAge(at, now) : formatShort(at, now, i18n.language)}
      </time>
    </Tooltip>
  );
}
