/** What every page loads. */
export {};
