// Type-aware rules: an unawaited promise in a tool that pushes to hosts is a lost failure.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  // What is not compiled has no types to be looked at.
  { ignores: ['dist/', 'node_modules/', 'coverage/', 'bin/', '*.config.*'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      'no-duplicate-imports': 'error',
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
    },
  },
);
