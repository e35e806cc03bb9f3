import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "~/ui/Dialog.module.css";

type Props = {
  title: string;
  opened: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  locked?: boolean;
};

/** Only for a decision: the title is the act, the body its consequence, the footer the verbs. */
export function Dialog({ title, opened, onClose, children, footer, locked = false }: Props) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      withCloseButton={!locked}
      closeOnEscape={!locked}
      closeOnClickOutside={!locked}
      closeButtonProps={{ "aria-label": t("close") }}
      transitionProps={{ duration: 160 }}
      classNames={{ content: styles.content, header: styles.header, title: styles.title, body: styles.body }}
    >
      <div className={styles.inner}>{children}</div>
      {footer !== undefined && <div className={styles.footer}>{footer}</div>}
    </Modal>
  );
}
