/** Each part of the catalogue beside its other language: what stands near is packed once. */
import './admin.vi';
import './admin.en';
import './duty.vi';
import './duty.en';
import './figures.vi';
import './figures.en';
import './rules.vi';
import './rules.en';
import './sources.vi';
import './sources.en';
