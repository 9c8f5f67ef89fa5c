import { render } from 'preact';
import { Insights } from './insights.tsx';
import './insights.css';

const place = document.getElementById('page');
if (place !== null) {
  place.replaceChildren();
  render(<Insights />, place);
}
