import { readFileSync } from 'node:fs';
import { stepCatalogue } from '../../shared/destinations/catalogue.ts';
import { ConfigurationError } from '../../shared/errors.ts';
import { loadRoutes } from '../../shared/routes/load-routes.ts';

/** Checks a routes file without starting anything: `npm run routes:check [-- file]`. */
const fileName = process.argv[2] ?? 'routes.yaml';
try {
  const routes = loadRoutes(readFileSync(fileName, 'utf8'), { fileName, steps: stepCatalogue });
  const steps = routes.all.reduce((total, route) => total + route.steps.length, 0);
  console.log(`${fileName}: ${routes.all.length} routes with ${steps} steps, no problems`);
} catch (error) {
  const isAboutTheFile = error instanceof ConfigurationError || (error instanceof Error && 'code' in error);
  if (!isAboutTheFile) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
