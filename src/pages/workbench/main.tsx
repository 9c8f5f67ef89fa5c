import { render } from 'preact';
import { Workbench } from './workbench.tsx';
import './workbench.css';

const place = document.getElementById('page');
if (place !== null) {
  place.replaceChildren();
  render(<Workbench />, place);
}
