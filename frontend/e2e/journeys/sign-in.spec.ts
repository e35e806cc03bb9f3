import { expect, signIn, test } from "./stage";

test("a wrong password is refused in words, the right one leads to where one wanted to go", async ({
  page,
}) => {
  await page.goto("/failures");
  await signIn(page, "not the password");
  await expect(page.getByRole("alert")).toContainText("do not match");

  await signIn(page);

  await expect(page.getByRole("heading", { name: "Failures", level: 1 })).toBeVisible();
});

test("empty fields say what is missing only after a try", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByLabel("User name")).toBeFocused();
  await expect(page.getByText("Enter your user name.")).toBeHidden();
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByText("Enter your user name.")).toBeVisible();
  await expect(page.getByText("Enter your password.")).toBeVisible();
});

test("a session that ends asks for the password over the page and keeps the place", async ({
  signedIn: page,
}) => {
  await page.goto("/runs?state=succeeded");
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
  await page.context().clearCookies({ name: "sessionid" });

  const dialog = page.getByRole("dialog", { name: "Sign in again" });
  await expect(dialog).toBeVisible({ timeout: 20_000 });
  await signIn(page);

  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/state=succeeded/);
  await expect(page.getByRole("heading", { name: "Runs", level: 1 })).toBeVisible();
});

test("signing out ends the session", async ({ signedIn: page }) => {
  await page.getByRole("button", { name: /Your account/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  await page.goto("/flows");
  await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
});
