import { followNews } from './news.ts';
import { startRows } from './rows.ts';
import { startTheme } from './theme.ts';
import { localiseTimes } from './times.ts';

startTheme();
localiseTimes(document);
followNews();
startRows();
