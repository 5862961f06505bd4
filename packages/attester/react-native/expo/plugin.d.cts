/** The config plugin, as `app.json` names it. Expo calls it with the app's config; options are those of the guide. */
declare function plugin<Config extends object>(config: Config, options?: object): Config
export = plugin
