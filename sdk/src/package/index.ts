export { readPackage, packPlugin, signPackage, verifyPackage, type PluginPackage, type PackageParts } from "./package.ts";
export { sandboxManifest, packageManifest, type PackageManifest } from "./manifest.ts";
export { generateKey, type PackageSignature, type PublisherKey } from "./signature.ts";
export {
  reportPackage,
  installedPackage,
  assertConsent,
  compareVersions,
  type PackageReport,
  type PackageChanges,
  type PackageConsent,
  type PackageAudit,
  type GrantedPackage,
  type InstalledPackage,
} from "./report.ts";
export { assertBudget, type BudgetCeiling, budgetsPlugin, budgetWords, exceedsBudget, lesserBudget, noBudget } from "./budget.ts";
export { noteChange, tallyOf, type PluginChangeNote } from "../settings/change-log.ts";
export { packageSettings, type PackageSetting } from "./settings.ts";
export { permissionWords, hookWords } from "./permission-words.ts";
export { Tally } from "./tally.ts";
export { packageLimits } from "./limits.ts";
