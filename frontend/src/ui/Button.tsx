import { Tooltip } from "@mantine/core";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Link, type LinkProps } from "react-router";
import styles from "~/ui/Button.module.css";

type Look = { tone?: "plain" | "primary" | "ghost" | "danger"; dense?: boolean };

function lookOf({ tone = "plain", dense = false }: Look): string {
  const toned = tone === "plain" ? "" : (styles[tone] ?? "");
  return [styles.button, toned, dense ? styles.dense : ""].filter(Boolean).join(" ");
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look & { busy?: boolean };

/** A verb. It stays focusable while it is busy, so that focus is never lost. */
export function Button({ tone, dense, busy = false, className = "", onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={`${lookOf({ tone, dense })} ${className}`}
    />
  );
}

export function ButtonLink({ tone, dense, className = "", ...rest }: LinkProps & Look) {
  return <Link {...rest} className={`${lookOf({ tone, dense })} ${className}`} />;
}

/** A link that leaves the app: the sandbox, the admin. */
export function OutsideLink({ tone, dense, href, children }: Look & { href: string; children: ReactNode }) {
  return (
    <a className={lookOf({ tone, dense })} href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

type IconButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  label: string;
  off?: boolean;
  ref?: Ref<HTMLButtonElement>;
  children: ReactNode;
};

/** An icon that acts; its name is its tooltip. */
export function IconButton({ label, off = false, className = "", onClick, ref, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label}>
      <button
        type="button"
        ref={ref}
        aria-label={label}
        {...rest}
        aria-disabled={off || undefined}
        onClick={off ? undefined : onClick}
        className={`${styles.icon} ${className}`}
      />
    </Tooltip>
  );
}
